"""Packages for experiment front ends: a stimulus set in, relative paths and bytes out.

`registry` is the door; one file for each front end; `refusals` says what never gets into a
package, `documents` and `blanks` write the papers that every package carries, `task` says what
every task asks.  Nothing here touches the user's disk or sees a pixel.  May import `errors`
and `study`.
"""
