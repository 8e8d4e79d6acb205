function [is_down, now_s, down] = KbCheck(device)
% An observer who presses the next of the given keys some time after the last flip that showed
% something new to answer (a face, or text alone), and holds it for 60 ms: a key and
% milliseconds, as in f:250.
  global NOW ASKED GIVEN HELD ANSWERS
  assert(device, -1);
  down = zeros(1, 256);
  if isempty(HELD)
    HELD = struct('code', 1, 'since', -Inf);
  end
  if NOW >= ASKED
    parts = strsplit(ANSWERS{min(GIVEN + 1, numel(ANSWERS))}, ':');
    due = ASKED + str2double(parts{2}) / 1000;
  else
    due = Inf;
  end
  if NOW >= due
    HELD = struct('code', KbName(parts{1}), 'since', NOW);
    GIVEN = GIVEN + 1;
    ASKED = Inf;
  end
  down(HELD.code) = NOW < HELD.since + 0.06;
  is_down = any(down);
  now_s = NOW;
  NOW = NOW + 1e-4;
end
