import Foundation
import LocalServers
import Testing

@testable import Broker

@Suite struct CreationCrashTests {
    /// Creating a topic of many partitions takes some time.
    @Test func aKillDuringATopicsCreationDoesNotPreventAStart() async throws {
        let broker = try await BrokerProcess()
        let create: [UInt8] =
            [0, 19, 0, 2, 0, 0, 0, 0, 0xff, 0xff] + Int32(1).bigEndianBytes + [0, 1, UInt8(ascii: "t")]
            + Int32(5000).bigEndianBytes + [0, 1] + [UInt8](repeating: 0, count: 8 + 4 + 1)
        let client = try RawConnection(port: broker.port)
        client.send(RawConnection.framed(create))
        let partition = broker.folder.appending(path: "broker/topics/t/10").path
        try await eventually("some of the partitions") {
            FileManager.default.fileExists(atPath: partition) ? true : nil
        }
        try await broker.killAndRestart()
        await broker.end()
    }
}
