function HideCursor(varargin)
end
