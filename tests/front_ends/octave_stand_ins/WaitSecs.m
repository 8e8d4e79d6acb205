function WaitSecs(varargin)
  global NOW
  if ischar(varargin{1})
    NOW = max(NOW, varargin{2});
  else
    NOW = NOW + varargin{1};
  end
end
