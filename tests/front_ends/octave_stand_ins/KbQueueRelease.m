function KbQueueRelease(varargin)
end
