function AssertOpenGL(varargin)
end
