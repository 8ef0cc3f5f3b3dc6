-- Each transaction sees the rows of its own tenant only.
SELECT fence('feed');
SELECT fence('feed_positions');
SELECT fence('pushes');
SELECT fence('users');
