function [x, y] = RectCenter(rect)
  x = (rect(1) + rect(3)) / 2;
  y = (rect(2) + rect(4)) / 2;
end
