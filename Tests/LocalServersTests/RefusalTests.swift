import Foundation
import Testing

@testable import LocalServers

/// The messages that a person reads when a server can't be started.
struct RefusalTests {
    @Test func aTakenPortIsReportedWithItsProcessAndItsVariable() async throws {
        let directory = try scratch()
        let redis = try await RedisServer.start(in: directory)
        let error = await #expect(throws: LocalServerError.self) {
            _ = try await MosquittoServer.start(in: directory, port: redis.port)
        }
        let text = error?.description ?? ""
        #expect(
            text.contains("port \(redis.port) for mosquitto is taken by process \(redis.process.pid) (redis-server)")
        )
        #expect(text.contains("DCMMS_MOSQUITTO_PORT"))
        await redis.process.stop()
    }

    /// The system's table of so many sockets has several pages.
    @Test func theHolderIsFoundAmongManyListeners() throws {
        let sockets = try (0..<100).map { _ in try Listening() }
        for socket in sockets {
            let holder = PortHolder(of: socket.port)
            #expect(holder?.pid == getpid(), "port \(socket.port)")
        }
    }

    /// A socket that listens on a port of the system's choice.
    private final class Listening {
        // Not for the programs that other tests start meanwhile: they would hold it too.
        private let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let port: Int

        init() throws {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = descriptor
            let isListening = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, size) == 0 && listen(descriptor, 1) == 0
                        && getsockname(descriptor, $0, &size) == 0
                }
            }
            try #require(isListening)
            port = Int(UInt16(bigEndian: address.sin_port))
        }

        deinit { close(descriptor) }
    }

    @Test func aMissingProgramIsReportedWithItsPackage() async throws {
        let error = #expect(throws: LocalServerError.self) { try Tool.find("redis-servant") }
        #expect(error?.description == "redis-servant is not installed: apt-get install redis-servant")
    }

    @Test func aServerThatEndsAtOnceIsReportedWithItsLastOutput() async throws {
        let process = try await ServerProcess.start(
            "doomed",
            ["/bin/sh", "-c", "echo out of memory; exit 1"],
            directory: try scratch(),
            lifetime: .starter
        )
        let error = await #expect(throws: LocalServerError.self) { try await process.ready { false } }
        #expect(error?.description == "doomed ended while it started:\nout of memory")
    }

    @Test func aServerThatNeverAnswersIsNotLeftRunning() async throws {
        let process = try await ServerProcess.start(
            "mute",
            ["sleep", "600"],
            directory: try scratch(),
            lifetime: .detached
        )
        await #expect(throws: LocalServerError.self) {
            try await process.ready(within: .milliseconds(100)) { false }
        }
        #expect(!process.isRunning)
    }

    @Test func noPortIsHandedOutTwice() throws {
        let ports = try (0..<200).map { _ in try Port.free() }
        #expect(Set(ports).count == ports.count)
    }
}
