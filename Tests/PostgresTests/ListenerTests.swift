import Postgres
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ListenerTests {
    @Test func aListenerIsNotifiedAndReconnects() async throws {
        try await withDatabase { database in
            var wakeUps = Listener(database, channel: "news").wakeUps.makeAsyncIterator()
            await wakeUps.next()
            try await database.execute("NOTIFY news")
            await wakeUps.next()
            try await database.execute(
                // Other tests listen on the same server: a new connection wakes its listener, too.
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE query = 'LISTEN "news"' AND datname = current_database()
                """
            )
            await wakeUps.next()
            try await database.execute("NOTIFY news")
            await wakeUps.next()
        }
    }
}
