// Tests of Auth.
