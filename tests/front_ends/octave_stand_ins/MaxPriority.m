function level = MaxPriority(varargin)
  level = 1;
end
