// Tests of RedisClient.
