"""All reading and writing: photos, templates, texts, stimuli, sets and packages.

`disk` and `machine` know the operating system, `texts` reads and lists; `headers` and `decode`
know the picture formats, `srgb` colour profiles, `photos` and `pixels` put them together;
`faces` adds templates, `templates` folders of them and files of many; `folders` and `sets` hold
what a build writes, `together` files in pairs; `lines` reads large tables; `trees`, `archives`
and `foreign` read what is checked, `no_set` knows what is given in place of a set.  Nothing else
in morphkit touches the disk but `build` and `cli`.  All but `disk` and `texts` is imported on
first use, so that sets can be read and checked without NumPy and Pillow, and a face without
pydantic.  May import `errors`, `faces`, `study`, Pillow, NumPy and filelock.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from morphkit.files.disk import (
    beside,
    check_space,
    clear,
    remove,
    sha256,
    sha256_of,
    shown,
    write_atomic,
)
from morphkit.files.texts import (
    above,
    append_line,
    list_files,
    read_lines,
    read_text,
    refuse_other,
)

if TYPE_CHECKING:
    from morphkit.files.archives import archive_tree
    from morphkit.files.faces import find_template, read_face, read_template
    from morphkit.files.folders import (
        foreign_files,
        lock,
        publish,
        recover,
        refuse_foreign,
        work_folder,
    )
    from morphkit.files.foreign import (
        ForeignFrame,
        ForeignSeries,
        ForeignSet,
        foreign_table,
        lawful_table,
        pictures_of,
        read_foreign,
    )
    from morphkit.files.lines import table_lines
    from morphkit.files.machine import memory, processors
    from morphkit.files.photos import Photo, parse_photo, photo_bytes, read_photo
    from morphkit.files.pixels import decode_png, encode_png, pixel_sha256
    from morphkit.files.sets import write_files, write_missing, write_zip, zipped
    from morphkit.files.template_folders import folder_templates, template_pairs
    from morphkit.files.templates import convert_template
    from morphkit.files.together import read_data, scratch, write_together
    from morphkit.files.trees import Tree, folder_tree, parse_set, read_set

__all__ = [
    "ForeignFrame",
    "ForeignSeries",
    "ForeignSet",
    "Photo",
    "Tree",
    "above",
    "append_line",
    "archive_tree",
    "beside",
    "check_space",
    "clear",
    "convert_template",
    "decode_png",
    "encode_png",
    "find_template",
    "folder_templates",
    "folder_tree",
    "foreign_files",
    "foreign_table",
    "lawful_table",
    "list_files",
    "lock",
    "memory",
    "parse_photo",
    "parse_set",
    "photo_bytes",
    "pictures_of",
    "pixel_sha256",
    "processors",
    "publish",
    "read_data",
    "read_face",
    "read_foreign",
    "read_lines",
    "read_photo",
    "read_set",
    "read_template",
    "read_text",
    "recover",
    "refuse_foreign",
    "refuse_other",
    "remove",
    "scratch",
    "sha256",
    "sha256_of",
    "shown",
    "table_lines",
    "template_pairs",
    "work_folder",
    "write_atomic",
    "write_files",
    "write_missing",
    "write_together",
    "write_zip",
    "zipped",
]

_ON_USE = {
    "archives": ("archive_tree",),
    "faces": ("find_template", "read_face", "read_template"),
    "folders": ("foreign_files", "lock", "publish", "recover", "refuse_foreign", "work_folder"),
    "foreign": (
        "ForeignFrame",
        "ForeignSeries",
        "ForeignSet",
        "foreign_table",
        "lawful_table",
        "pictures_of",
        "read_foreign",
    ),
    "lines": ("table_lines",),
    "machine": ("memory", "processors"),
    "photos": ("Photo", "parse_photo", "photo_bytes", "read_photo"),
    "pixels": ("decode_png", "encode_png", "pixel_sha256"),
    "sets": ("write_files", "write_missing", "write_zip", "zipped"),
    "template_folders": ("folder_templates", "template_pairs"),
    "templates": ("convert_template",),
    "together": ("read_data", "scratch", "write_together"),
    "trees": ("Tree", "folder_tree", "parse_set", "read_set"),
}


def __getattr__(name: str) -> Any:
    for module, names in _ON_USE.items():
        if name in names:
            value = getattr(import_module(f"morphkit.files.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'morphkit.files' has no attribute {name!r}")
