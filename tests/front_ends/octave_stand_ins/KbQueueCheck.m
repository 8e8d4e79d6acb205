function [pressed, first] = KbQueueCheck()
% An observer who presses the next of the given keys so long after the last flush: a key and
% milliseconds, as in f:250. Before it the space bar is pressed, which nobody may take for it.
  global NOW WANTED ANSWERS GIVEN FLUSHED
  first = zeros(1, 256);
  parts = strsplit(ANSWERS{min(GIVEN + 1, numel(ANSWERS))}, ':');
  due = FLUSHED + str2double(parts{2}) / 1000;
  if NOW >= due && WANTED(KbName(parts{1}))
    first(KbName(parts{1})) = due;
    GIVEN = GIVEN + 1;
    FLUSHED = Inf;
  end
  pressed = any(first);
end
