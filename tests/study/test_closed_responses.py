"""Answers from front ends that can't be run here: files made by hand in their documented shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from judged_set import MAP
from morphkit.observed.reading import read_responses
from morphkit.study.meanings import choices

GORILLA_2 = """\
Event Index,UTC Date and Time,Participant Private ID,Task Name,Trial Number,Display,Screen,\
Object Name,Response Type,Response,Reaction Time,Spreadsheet: Display,Spreadsheet: stimulus_id,\
Spreadsheet: image_name,Spreadsheet: list,Spreadsheet: trial,Spreadsheet: phase,\
Spreadsheet: block,Spreadsheet: frame
1,01/05/2026 10:00:00,99871,Faces,1,Instructions,Screen 1,Space,continue,,8311.2,Instructions,,,,,,,
2,01/05/2026 10:00:09,99871,Faces,2,Trial,Screen 2,Keys,response,distressed,733.4,Trial,\
i01_dis_hap_f001,i01_dis_hap_f001.png,1,1,test,1,1
3,01/05/2026 10:00:12,99871,Faces,3,Trial,Screen 2,Keys,response,happy,612.9,Trial,\
i01_dis_hap_f009,i01_dis_hap_f009.png,1,2,test,1,9
END OF FILE,,,,,,,,,,,,,,,,,,
"""
GORILLA_1 = """\
Event Index,Participant Private ID,Trial Number,Screen Name,Zone Name,Zone Type,Reaction Time,\
Response,display,stimulus_id,image_name,list,trial,phase,block
1,99871,1,Screen 1,Zone1,continue_keyboard,9000,,Instructions,,,,,,
2,99871,2,Screen 2,Zone2,response_keyboard,733.4,distressed,Trial,i01_dis_hap_f001,\
i01_dis_hap_f001.png,1,1,test,1
3,99871,3,Screen 2,Zone2,response_keyboard,612.9,happy,Trial,i01_dis_hap_f009,\
i01_dis_hap_f009.png,1,2,test,1
"""
EPRIME = """\
ExperimentName\tSubject\tSession\tBlock\tTrial\tblock_number\tFace.RESP\tFace.RT\tPause.RT\t\
response_label\tstimulus_id\ttrial_number
Faces\t7\t1\t1\t1\tNULL\tNULL\tNULL\t4000\tNULL\tNULL\tNULL
Faces\t7\t1\t1\t2\t1\tf\t733\tNULL\tdistressed\ti01_dis_hap_f001\t1
Faces\t7\t1\t1\t3\t1\tj\t613\tNULL\thappy\ti01_dis_hap_f009\t2
"""
INQUISIT = """\
date\ttime\tsubject\tblockcode\ttrialcode\tvalues.list\tvalues.trial\tvalues.block\t\
values.stimulus_id\tvalues.response_label\tvalues.response_level\tresponsetext\tresponse\tlatency
050126\t10:00\t7\tblock_1_test_2\tface\t1\t1\t1\ti01_dis_hap_f001\tdistressed\t-1\tF\t33\t733
050126\t10:00\t7\tblock_1_test_2\tface\t1\t2\t1\ti01_dis_hap_f009\thappy\t1\tJ\t36\t613
"""
SHAPES = {
    "Gorilla, Task Builder 2": (GORILLA_2, "Gorilla", "99871"),
    "Gorilla, Task Builder 1": (GORILLA_1, "Gorilla", "99871"),
    "E-Prime": (EPRIME, "E-Prime", "7"),
    "Inquisit": (INQUISIT, "Inquisit", "7"),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_by_its_documented_shape(tmp_path: Path, shape: str, encoding: str) -> None:
    content, front_end, who = SHAPES[shape]
    path = tmp_path / "data.txt"
    path.write_bytes(content.replace("\n", "\r\n").encode(encoding))
    read = read_responses([path])
    assert read.notes[0].count(front_end) == 1
    assert read.observers == (who,)
    assert [read.stimuli[n] for n in read.shown[0]] == ["i01_dis_hap_f001", "i01_dis_hap_f009"]
    assert list(choices([read.answers[n] for n in read.answer], MAP)) == [0, 1]
    assert [round(seconds, 2) for seconds in read.rt] == [0.73, 0.61]
    assert [read.blocks[n] for n in read.block] == ["1", "1"]


def test_ratings_of_inquisit_are_no_scan_codes(tmp_path: Path) -> None:
    path = tmp_path / "data.iqdat"
    rated = INQUISIT.replace("distressed\t-1\tF\t33", "2\t-0.75\t2\t3")
    path.write_text(rated.replace("happy\t1\tJ\t36", "9\t1\t9\t10"), encoding="utf-8")
    assert list(read_responses([path], "ratings").rating) == [2, 9]
