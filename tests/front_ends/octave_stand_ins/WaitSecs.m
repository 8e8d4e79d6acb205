function WaitSecs(varargin)
% Waits 4 ms at least, as a busy computer does.
  global NOW
  if ischar(varargin{1})
    NOW = max(NOW, varargin{2});
  else
    NOW = NOW + max(varargin{1}, 0.004);
  end
end
