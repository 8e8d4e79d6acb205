function DrawFormattedText(window, text, varargin)
  global DRAWN
  DRAWN{end + 1} = text;
end
