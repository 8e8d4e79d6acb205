function code = KbName(name)
  code = [];
  names = [num2cell('abcdefghijklmnopqrstuvwxyz'), num2cell('0123456789'), ...
           {'space', 'ESCAPE', '0)', '1!', '2@', '3#', '4$', '5%', '6^', '7&', '8*', '9('}];
  if ~strcmp(name, 'UnifyKeyNames')
    code = find(strcmp(names, name));
    assert(numel(code), 1);
  end
end
