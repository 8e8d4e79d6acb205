function varargout = Screen(command, varargin)
% Stands in for Psychtoolbox's Screen: a screen of 60 Hz in simulated time that writes down what
% it shows. What was drawn since the last flip appears with the next.
  global NOW DRAWN TEXTURES ASKED GIVEN PICTURE ANSWERS
  switch command
    case 'Screens', varargout = {0};
    case 'OpenWindow'
      [NOW, GIVEN, ASKED, PICTURE, TEXTURES, DRAWN] = deal(0, 0, Inf, false, {}, {});
      ANSWERS = strsplit(strtrim(fileread(getenv('MORPHKIT_ANSWERS'))), ' ');
      varargout = {10};
    case 'GetFlipInterval', varargout = {1 / 60};
    case 'Rect'
      varargout = {[0 0 1281 1024]};
      if varargin{1} ~= 10
        varargout = {[0 0 TEXTURES{varargin{1} - 100}]};
      end
    case 'TextSize'
    case 'CloseAll'
    case 'MakeTexture'
      TEXTURES{end + 1} = [size(varargin{2}, 2), size(varargin{2}, 1)];
      varargout = {100 + numel(TEXTURES)};
    case 'DrawTexture'
      place = varargin{4};
      assert(place(3:4) - place(1:2), TEXTURES{varargin{2} - 100});
      assert(place, round(place));
      assert(varargin{6}, 0);  % no smoothing
      DRAWN{end + 1} = sprintf('picture %d', varargin{2} - 100);
    case 'DrawLines', DRAWN{end + 1} = 'cross';
    case 'Flip'
      asked = max([0, cell2mat(varargin(2:end))]);
      assert(all([varargin{2:end}] >= 0));
      asked = max(NOW, asked);
      NOW = ceil(asked * 60 - 1e-6) / 60;
      note(NOW, strjoin(DRAWN, '; '));
      after_picture = PICTURE;  % then a picture is the mask
      PICTURE = ~isempty(DRAWN) && strncmp(DRAWN{1}, 'picture', 7);
      if (PICTURE && ~after_picture) || (numel(DRAWN) == 1 && ~strcmp(DRAWN{1}, 'cross'))
        ASKED = NOW;
      end
      DRAWN = {};
      varargout = {NOW};
    otherwise, error('Screen(''%s'') is not expected', command);
  end
end
