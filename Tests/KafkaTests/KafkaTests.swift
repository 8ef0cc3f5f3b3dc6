// tests of Kafka
