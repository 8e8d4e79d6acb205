# Made by morphkit; README.txt beside this file says how to run it.
scenario = "@NAME@";
scenario_type = trials;
pcl_file = "task.pcl";
active_buttons = @BUTTONS@;
button_codes = @CODES@;
response_matching = simple_matching;
response_logging = log_active;
default_background_color = @GREY@;
default_text_color = @INK@;
default_font = "Arial";
default_font_size = 24;

begin;

picture { } default;

# All faces are loaded before the first trial.
array {
@FACES@
} faces;
@MASK@

text { caption = "+"; font_size = 48; } cross_text;
text { caption = " "; } reminder_text;
text { caption = " "; } screen_text;
text { caption = " "; } told_text;

trial {
   trial_duration = forever;
   trial_type = specific_response;
   terminator_button = @SPACE@;
   stimulus_event {
      picture { text screen_text; x = 0; y = 0; } screen_picture;
      code = "screen";
   } screen_event;
} screen_trial;

trial {
   trial_duration = 500;
   all_responses = false;
   stimulus_event {
      picture { text cross_text; x = 0; y = 0; } cross_picture;
      code = "fixation";
   } cross_event;
} cross_trial;

trial {
   trial_duration = forever;
   trial_type = specific_response;
   terminator_button = @ANSWERING@;
   all_responses = false;
   stimulus_event {
      picture {
         bitmap first_face; x = 0; y = 0;
         text reminder_text; x = 0; y = @LOW@;
      } face_picture;
      time = 0;
      duration = next_picture;
      response_active = true;
      target_button = @ANSWERING@;
      stimulus_time_in = 0;
      stimulus_time_out = never;
      code = "face";
   } face_event;
@AFTER@
} face_trial;

trial {
   trial_duration = 1000;
   all_responses = false;
   stimulus_event {
      picture { text told_text; x = 0; y = 0; } told_picture;
      code = "feedback";
   } told_event;
} told_trial;

trial {
   trial_duration = 1000;
   all_responses = false;
   stimulus_event {
      picture { } blank_picture;
      code = "blank";
   } blank_event;
} blank_trial;
