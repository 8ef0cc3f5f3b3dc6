// tests of RedisClient
