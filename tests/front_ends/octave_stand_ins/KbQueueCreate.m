function KbQueueCreate(device, wanted)
  global WANTED ANSWERS GIVEN
  WANTED = wanted;
  ANSWERS = strsplit(strtrim(fileread(getenv('MORPHKIT_ANSWERS'))), ' ');
  GIVEN = 0;
end
