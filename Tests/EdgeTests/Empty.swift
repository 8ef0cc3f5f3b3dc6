// Tests of Edge.
