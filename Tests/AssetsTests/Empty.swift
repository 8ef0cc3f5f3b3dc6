// Tests of Assets.
