function Priority(varargin)
end
