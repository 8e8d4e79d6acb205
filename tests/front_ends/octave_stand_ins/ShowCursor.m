function ShowCursor(varargin)
end
