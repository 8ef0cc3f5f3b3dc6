// tests of Assets
