-- Each transaction sees the rows of its own tenant only; mails of every tenant wait in one queue.
SELECT fence('alert_rules');
SELECT fence('alerts');
SELECT fence('users');
SELECT fence('sites');
SELECT fence('assets');
SELECT fence('notifications', true);
