function KbQueueFlush()
  global FLUSHED NOW
  FLUSHED = NOW;
end
