function note(when, what)
% One line of what happened, in milliseconds.
  out = fopen(getenv('MORPHKIT_EVENTS'), 'a');
  fprintf(out, '%.1f\t%s\n', 1000 * when, strrep(what, sprintf('\n'), ' '));
  fclose(out);
end
