function now_s = GetSecs()
  global NOW
  now_s = NOW;
end
