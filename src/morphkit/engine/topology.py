"""A triangulation that changes by edge flips.

Kept as half-edges: ``(i, j) -> k`` says that (i, j, k) is a triangle, positively oriented
in the points it was made from.  Knows nothing of faces.  May import NumPy and SciPy.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy.spatial import Delaunay

from morphkit.faces.face import FloatArray

Triangle = tuple[int, int, int]
Penalty = Callable[[Triangle], float]


class Topology:
    """The Delaunay triangulation of (V, 2) `points`, ready to be changed."""

    def __init__(self, points: FloatArray) -> None:
        self.points = points
        self._xy = [(float(x), float(y)) for x, y in points]
        self._apex: dict[tuple[int, int], int] = {}
        self._fixed: set[tuple[int, int]] = set()
        for corners in Delaunay(points).simplices:
            a, b, c = (int(corner) for corner in corners)
            if self._cross(a, b, c) < 0:
                b, c = c, b
            self._add(a, b, c)

    def triangles(self) -> list[Triangle]:
        """Return the triangles, each from its smallest corner, sorted."""
        found = {min((i, j, k), (j, k, i), (k, i, j)) for (i, j), k in self._apex.items()}
        return sorted(found)

    def insert_edge(self, i: int, j: int) -> bool:
        """Make (i, j) an edge and keep it (Sloan 1993, doi 10.1016/0045-7949(93)90239-A).

        Returns False, changing nothing that matters, when a kept edge or a point is in the way.
        """
        if i == j:
            return False
        waiting = [] if self._has(i, j) else self._crossing(i, j)
        if any(_key(edge) in self._fixed for edge in waiting):
            return False
        patience = 20 * len(waiting) + 20
        while waiting and patience:
            patience -= 1
            u, v = waiting.pop(0)
            k, m = self._apex[u, v], self._apex[v, u]
            if not self._convex(u, v):
                waiting.append((u, v))
                continue
            self._flip(u, v)
            if self._crosses(i, j, k, m):
                waiting.append((k, m))
        if not self._has(i, j):
            return False
        self._fixed.add(_key((i, j)))
        return True

    def flip_down(self, penalty: Penalty) -> float:
        """Flip free edges, best first, while that lowers the sum of penalties; return it."""
        known: dict[Triangle, float] = {}

        def cost(i: int, j: int, k: int) -> float:
            corners = min((i, j, k), (j, k, i), (k, i, j))
            if corners not in known:
                known[corners] = penalty(corners)
            return known[corners]

        while True:
            best, choice = -1e-9, None
            for i, j, k in self.triangles():
                if cost(i, j, k) <= 0:
                    continue
                for u, v in ((i, j), (j, k), (k, i)):
                    if _key((u, v)) in self._fixed or not self._convex(u, v):
                        continue
                    a, b = self._apex[u, v], self._apex[v, u]
                    before = cost(u, v, a) + cost(v, u, b)
                    change = cost(u, b, a) + cost(b, v, a) - before
                    if change < best:
                        best, choice = change, (u, v)
            if choice is None:
                return sum(cost(*corners) for corners in self.triangles())
            self._flip(*choice)

    def _has(self, i: int, j: int) -> bool:
        return (i, j) in self._apex or (j, i) in self._apex

    def _add(self, i: int, j: int, k: int) -> None:
        self._apex[i, j], self._apex[j, k], self._apex[k, i] = k, i, j

    def _flip(self, u: int, v: int) -> None:
        a, b = self._apex.pop((u, v)), self._apex.pop((v, u))
        self._add(u, b, a)
        self._add(b, v, a)

    def _cross(self, i: int, j: int, k: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = self._xy[i], self._xy[j], self._xy[k]
        return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)

    def _convex(self, u: int, v: int) -> bool:
        """Whether the two triangles at an edge may swap it for the other diagonal."""
        if (u, v) not in self._apex or (v, u) not in self._apex:
            return False
        a, b = self._apex[u, v], self._apex[v, u]
        return self._cross(u, b, a) > 0 and self._cross(b, v, a) > 0

    def _crosses(self, i: int, j: int, u: int, v: int) -> bool:
        if {i, j} & {u, v}:
            return False
        one = self._cross(i, j, u) * self._cross(i, j, v)
        other = self._cross(u, v, i) * self._cross(u, v, j)
        return one < 0 and other < 0

    def _crossing(self, i: int, j: int) -> list[tuple[int, int]]:
        edges = sorted({_key(edge) for edge in self._apex})
        return [(u, v) for u, v in edges if self._crosses(i, j, u, v)]


def _key(edge: tuple[int, int]) -> tuple[int, int]:
    return (min(edge), max(edge))
