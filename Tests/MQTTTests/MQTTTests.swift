// tests of MQTT
