// tests of Broker
