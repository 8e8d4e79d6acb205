function ListenChar(varargin)
end
