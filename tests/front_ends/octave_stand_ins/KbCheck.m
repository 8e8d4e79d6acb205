function [is_down, now_s, down] = KbCheck(device)
% An observer who presses the next of the given keys some time after the last flip that showed
% something new to answer (a face, or text alone), and holds it for 60 ms: a key and
% milliseconds, as in f:250.
  global NOW ASKED GIVEN HELD
  assert(device, -1);
  down = zeros(1, 256);
  if isempty(HELD)
    HELD = struct('code', 1, 'since', -Inf);
  end
  answers = strsplit(strtrim(fileread(getenv('MORPHKIT_ANSWERS'))), ' ');
  parts = strsplit(answers{min(GIVEN + 1, numel(answers))}, ':');
  if NOW >= ASKED + str2double(parts{2}) / 1000
    HELD = struct('code', KbName(parts{1}), 'since', NOW);
    GIVEN = GIVEN + 1;
    ASKED = Inf;
  end
  down(HELD.code) = NOW < HELD.since + 0.06;
  is_down = any(down);
  now_s = NOW;
  NOW = NOW + 1e-4;
end
