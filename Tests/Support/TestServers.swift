public import Foundation
public import LocalServers
import Synchronization

/// The real servers that tests use. Each is started when a test first needs it, is shared by all suites of the run, and ends with
/// the test process in any case.
public enum TestServers {
    /// The folder for the servers' files, unique to this run.
    public static let directory: URL = {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "dcmms-tests-\(ProcessInfo.processInfo.processIdentifier)"
        )
        try? FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755]
        )
        atexit { try? FileManager.default.removeItem(at: TestServers.directory) }
        return folder
    }()

    public static let postgres = Shared { try await PostgresServer.start(in: directory) }
    public static let pgBouncer = Shared { try await PgBouncer.start(in: directory, before: postgres()) }
    public static let redis = Shared { try await RedisServer.start(in: directory) }
    public static let mosquitto = Shared { try await MosquittoServer.start(in: directory) }
    public static let broker = Shared { try await BrokerServer.start(in: directory) }
    public static let mail = Shared { try await MailServer.start(in: directory) }

    /// A value that is made once, when it is first needed.
    public final class Shared<Value: Sendable>: Sendable {
        private let make: @Sendable () async throws -> Value
        private let task = Mutex<Task<Value, any Error>?>(nil)

        init(_ make: @escaping @Sendable () async throws -> Value) {
            self.make = make
        }

        /// The value. If making it fails, all callers get the same error.
        public func callAsFunction() async throws -> Value {
            let task = task.withLock { task in
                let running = task ?? Task { [make] in try await make() }
                task = running
                return running
            }
            return try await task.value
        }
    }
}
