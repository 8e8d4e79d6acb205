   stimulus_event {
      picture { @PART@text reminder_text; x = 0; y = @LOW@; };
      time = @TIME@;
      duration = next_picture;
      response_active = false;
      code = "@CODE@";
   };
