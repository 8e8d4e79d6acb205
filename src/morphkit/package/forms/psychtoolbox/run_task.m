function run_task(participant)
% RUN_TASK  Show the faces, ask for answers, and write them to a file in the folder data.
%
%   run_task             asks for a participant code
%   run_task('p07')      a code that ends in a number takes the lists in turn
%
% Needs Psychtoolbox 3, in MATLAB or in Octave. What is shown, in which order and for how long
% is in stimuli.mat: the faces (stimuli), the orders (trials), the words and times (task).
% Change words and times below, where it says so. Escape stops; what was answered is kept.

  folder = fileparts(mfilename('fullpath'));
  made = load(fullfile(folder, 'stimuli.mat'));
  task = made.task;

  % Change words and times here, for example:
  %   task.pause = 'Take a break. Press the space bar to go on.';
  %   task.iti_ms = 500;

  if nargin < 1
    participant = input('Participant code: ', 's');
  end
  participant = strtrim(participant);
  if isempty(regexp(participant, '^[A-Za-z0-9_-]+$', 'once'))
    error('run_task:code', 'A participant code has letters, digits, - and _ only.');
  end
  list = list_of(participant, task.lists);
  trials = trials_of(made.trials, list);
  answers = in_turn(task.answers, list);
  file = new_file(folder, [task.name '_' participant]);

  pictures = read_pictures(folder, made.stimuli, task);

  closing = onCleanup(@close_screen);  % however the function ends
  [show, keys] = open_screen(pictures, task, answers, in_turn(task.reminder, list));

  show_text([in_turn(task.instructions, list); {task.start}], show, keys);
  counts = no_counts(made.stimuli);
  blank_until = 0;
  for number = 1:numel(trials)
    trial = trials(number);
    if number > 1 && trial.block ~= trials(number - 1).block
      show_pause(trial.phase, trials(number - 1).phase, task, show, keys);
      blank_until = 0;
    end
    stimulus = made.stimuli(trial.stimulus);
    [answer, rt, shown] = show_face(trial, task, show, keys, blank_until);
    given = answers(answer);

    if strcmp(trial.phase, 'pretest')
      counts = counted(counts, trial.stimulus, stimulus.frame, ...
                       strcmp(given.label, task.feedback.lower));
    end
    row = {'participant', participant; 'list', list; 'trial', number; 'phase', trial.phase; ...
           'block', trial.block; 'fixation_ms', trial.fixation_ms};
    row = [row; fieldnames(stimulus), struct2cell(stimulus)];
    row = [row; {'response', given.key; 'response_label', given.label; ...
                 'response_level', given.level; 'rt_ms', round(1000 * rt); ...
                 'shown_ms', round(1000 * shown)}];
    if ~isempty(task.feedback)
      told = judged(trial, stimulus, given, task.feedback, counts);
      row = [row; fieldnames(told), struct2cell(told)];
    end
    append_row(file, row);

    if strcmp(trial.phase, 'training')
      show_feedback(told, task, show);
    end
    blank_until = Screen('Flip', show.window) + task.iti_ms / 1000;
  end
  show_text({task.thanks}, show, keys);
  fprintf('The answers are in %s\n', file);
end


% ------------------------------------------------------------------ lists, trials, answers

function list = list_of(participant, lists)
% The list of a participant: by the number at the end of the code, else by its letters.
  digits = regexp(participant, '[0-9]+$', 'match', 'once');
  if isempty(digits)
    number = sum(double(participant));
  else
    number = str2double(digits(max(1, end - 8):end)) - 1;
  end
  list = mod(number, lists) + 1;
end


function trials = trials_of(columns, list)
% The trials of a list, one struct each.
  rows = find(columns.list == list);
  trials = struct('phase', columns.phase(rows), 'block', num2cell(columns.block(rows)), ...
                  'stimulus', num2cell(columns.stimulus(rows)), ...
                  'fixation_ms', num2cell(columns.fixation_ms(rows)), ...
                  'feedback_label', columns.feedback_label(rows));
end


function one = in_turn(ones_of_lists, list)
% What holds for a list; where there are two, the second is for even lists.
  one = ones_of_lists{mod(list - 1, numel(ones_of_lists)) + 1};
end


% ------------------------------------------------------------------ feedback

function counts = no_counts(stimuli)
% How often each frame of each face's continuum was answered, and how often the lower way.
  names = strcat({stimuli.identity}', '/', {stimuli.continuum}');
  [~, ~, counts.series] = unique(names);
  counts.shown = zeros(max(counts.series), max([stimuli.frame]));
  counts.lower = counts.shown;
end


function counts = counted(counts, stimulus, frame, is_lower)
  series = counts.series(stimulus);
  counts.shown(series, frame) = counts.shown(series, frame) + 1;
  counts.lower(series, frame) = counts.lower(series, frame) + is_lower;
end


function told = judged(trial, stimulus, given, feedback, counts)
% What feedback says of an answer; nothing outside training.
  told = struct('boundary_frame', '', 'feedback_label', '', 'feedback_right', '');
  if ~strcmp(trial.phase, 'training')
    return
  end
  boundary = feedback.boundary;
  if feedback.measured
    % The balance point is where both answers are given equally often: half a frame beyond the
    % frames that got the lower answer, each counted by how often it did.
    series = counts.series(trial.stimulus);
    seen = counts.shown(series, :) > 0;
    boundary = 0.5 + sum(counts.lower(series, seen) ./ counts.shown(series, seen));
  end
  if strcmp(feedback.favoured, feedback.upper)
    told.boundary_frame = boundary - feedback.shift_frames;
  else
    told.boundary_frame = boundary + feedback.shift_frames;
  end
  % three thirds are one, also in binary
  told.boundary_frame = round(told.boundary_frame * 1e6) / 1e6;
  told.feedback_label = trial.feedback_label;
  if isempty(told.feedback_label)
    if stimulus.frame > told.boundary_frame
      told.feedback_label = feedback.upper;
    elseif stimulus.frame < told.boundary_frame
      told.feedback_label = feedback.lower;
    else
      told.feedback_label = feedback.favoured;
    end
  end
  told.feedback_right = double(strcmp(given.label, told.feedback_label));
end


% ------------------------------------------------------------------ the screen

function pictures = read_pictures(folder, stimuli, task)
% Every picture, before the screen opens: a missing one stops the session here. A mask is last.
  names = {stimuli.image_file};
  if task.mask_ms > 0
    names{end + 1} = 'mask.png';
  end
  pictures = cell(size(names));
  for number = 1:numel(names)
    parts = strsplit(names{number}, '/');
    pictures{number} = imread(fullfile(folder, parts{:}));
  end
end


function [show, keys] = open_screen(pictures, task, answers, reminder)
% Open the screen and put every picture into its memory before the first trial.
  AssertOpenGL;
  KbName('UnifyKeyNames');
  keys = keys_of(answers);
  show.window = Screen('OpenWindow', max(Screen('Screens')), task.grey);
  show.rect = Screen('Rect', show.window);
  show.slack = Screen('GetFlipInterval', show.window) / 2;  % flips are asked for so much early
  show.ink = 255 * (task.grey < 110);
  show.reminder = reminder;
  Screen('TextSize', show.window, 24);
  HideCursor;
  ListenChar(-1);  % keys don't reach the command window
  Priority(MaxPriority(show.window));
  show.pictures = cellfun(@(one) Screen('MakeTexture', show.window, one), pictures);
  show.height = max(cellfun(@(one) size(one, 1), pictures));
end


function close_screen()
  Screen('CloseAll');
  Priority(0);
  ListenChar(0);
  ShowCursor;
end


function draw_picture(show, picture)
% Pixel for pixel: at a whole place, in its own size, without smoothing.
  place = round(CenterRect(Screen('Rect', picture), show.rect));
  Screen('DrawTexture', show.window, picture, [], place, 0, 0);
end


function draw_reminder(show)
  [middle, below] = RectCenter(show.rect);
  below = min(below + show.height / 2 + 32, show.rect(4) - 40);
  wide = 2 * middle / numel(show.reminder);
  for place = 1:numel(show.reminder)
    column = [(place - 1) * wide, 0, place * wide, show.rect(4)];
    DrawFormattedText(show.window, show.reminder{place}, 'center', below, show.ink, ...
                      [], [], [], [], [], column);
  end
end


function draw_cross(show)
  [x, y] = RectCenter(show.rect);
  Screen('DrawLines', show.window, [-12 12 0 0; 0 0 -12 12], 3, show.ink, round([x y]));
end


function draw_text(show, paragraphs)
  text = strjoin(paragraphs(:)', '\n\n');
  DrawFormattedText(show.window, text, 'center', 'center', show.ink, 70, [], [], 1.3);
end


function show_text(paragraphs, show, keys)
% A screen of text that waits for the space bar.
  draw_text(show, paragraphs);
  Screen('Flip', show.window);
  wait_for(keys, -1, Inf, held_keys);
end


function show_pause(phase, last_phase, task, show, keys)
  if strcmp(phase, last_phase)
    show_text({task.pause}, show, keys);
  else
    show_text({task.before.(phase); task.start}, show, keys);
  end
end


function show_feedback(told, task, show)
  verdict = task.feedback.wrong;
  if told.feedback_right
    verdict = task.feedback.right;
  end
  draw_text(show, {verdict; strrep(task.feedback.this_was, '{label}', told.feedback_label)});
  since = Screen('Flip', show.window);
  WaitSecs('UntilTime', since + task.feedback.feedback_ms / 1000 - show.slack);
end


function [answer, rt, shown] = show_face(trial, task, show, keys, blank_until)
% Cross, face, mask, and the answer: its number, its time from the onset of the face, and for
% how long the face was on the screen; all in seconds. An answer ends the trial.
  DRAWING = 0.002;  % left for drawing before a flip is asked for
  due = max(blank_until - show.slack, 0);
  if trial.fixation_ms > 0
    draw_cross(show);
    due = Screen('Flip', show.window, due) + trial.fixation_ms / 1000 - show.slack;
  end
  draw_picture(show, show.pictures(trial.stimulus));
  draw_reminder(show);
  onset = Screen('Flip', show.window, due);
  held = held_keys;
  gone = [];
  answer = [];
  if ~isempty(task.exposure_ms)
    due = onset + task.exposure_ms / 1000 - show.slack;
    [answer, pressed, held] = wait_for(keys, 1, due - DRAWING, held);
    if isempty(answer) && task.mask_ms > 0
      draw_picture(show, show.pictures(end));
      draw_reminder(show);
      gone = Screen('Flip', show.window, due);
      due = gone + task.mask_ms / 1000 - show.slack;
      [answer, pressed, held] = wait_for(keys, 1, due - DRAWING, held);
    end
    if isempty(answer)
      draw_reminder(show);
      after = Screen('Flip', show.window, due);
      if isempty(gone)
        gone = after;
      end
    end
  end
  if isempty(answer)
    [answer, pressed] = wait_for(keys, 1, Inf, held);
  end
  if isempty(gone)
    gone = Screen('Flip', show.window);  % the answer ends it
  end
  rt = pressed - onset;
  shown = gone - onset;
end


% ------------------------------------------------------------------ the keyboard

function keys = keys_of(answers)
% For each key code: the number of its answer, -1 for the space bar, else 0; Escape is -2.
  keys = zeros(1, 256);
  keys(KbName('space')) = -1;
  keys(KbName('ESCAPE')) = -2;
  digits = {'0)', '1!', '2@', '3#', '4$', '5%', '6^', '7&', '8*', '9('};
  for number = 1:numel(answers)
    key = answers(number).key;
    keys(KbName(key)) = number;  % a letter, or a digit of the number pad
    if any(key == '0123456789')
      keys(KbName(digits{str2double(key) + 1})) = number;
    end
  end
end


function held = held_keys()
% The keys that are down: until they are let go they are no answer.
  [~, ~, held] = KbCheck(-1);
end


function [meaning, when, held] = wait_for(keys, wanted, latest, held)
% What the next wanted key means, and when it was pressed; [] if there is none in time.
% wanted: 1 for answers, -1 for the space bar. Every keyboard counts (the -1 of KbCheck).
  meaning = [];
  when = NaN;
  while isempty(meaning) && GetSecs < latest
    [~, now_s, down] = KbCheck(-1);
    fresh = down & ~held;
    held = down;
    if any(fresh(keys == -2))
      error('run_task:stopped', 'Stopped by Escape. What was answered is in the folder data.');
    end
    meaning = abs(keys(find(fresh & sign(keys) == wanted, 1)));
    if ~isempty(meaning)
      when = now_s;
    end
    WaitSecs(0.001);
  end
end


% ------------------------------------------------------------------ the data

function file = new_file(folder, name)
% A file that isn't there yet: an answer never overwrites another.
  if ~exist(fullfile(folder, 'data'), 'dir')
    mkdir(fullfile(folder, 'data'));
  end
  file = fullfile(folder, 'data', [name '.csv']);
  again = 1;
  while exist(file, 'file')
    again = again + 1;
    file = fullfile(folder, 'data', sprintf('%s_%d.csv', name, again));
  end
end


function append_row(file, row)
% Write a trial at once, so that nothing is lost when the session stops.
  is_new = ~exist(file, 'file');
  out = fopen(file, 'a');
  if is_new
    fprintf(out, '%s\n', strjoin(row(:, 1)', ','));
  end
  fprintf(out, '%s\n', strjoin(cellfun(@as_cell, row(:, 2)', 'UniformOutput', false), ','));
  fclose(out);
end


function text = as_cell(value)
% A value as it stands in a table; unknown numbers are empty.
  if ischar(value)
    text = value;
    if any(ismember(text, sprintf(',"\n')))
      text = ['"' strrep(text, '"', '""') '"'];
    end
  elseif isempty(value) || isnan(value)
    text = '';
  else
    text = sprintf('%.15g', value);
  end
end
