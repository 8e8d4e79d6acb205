function rect = CenterRect(rect, inside)
  rect = rect + repmat((inside(3:4) + inside(1:2) - rect(3:4) - rect(1:2)) / 2, 1, 2);
end
