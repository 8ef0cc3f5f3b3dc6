-- Each transaction sees the rows of its own tenant only.
SELECT fence('sites');
SELECT fence('assets');
SELECT fence('sensors');
SELECT fence('open_work');
