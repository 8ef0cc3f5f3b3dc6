// tests of Edge
