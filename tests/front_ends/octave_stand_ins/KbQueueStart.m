function KbQueueStart(varargin)
end
