import AsyncHTTPClient
import Foundation
import Hummingbird
import LocalServers
import NIOCore
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Answers are forwarded chunk by chunk; a request is forwarded only when it is complete.
@Suite struct StreamingTests {
    /// A service that reads bodies and answers with their length.
    private static func counting(_ seen: Seen) -> Router<BasicRequestContext> {
        let router = Router()
        router.post("/**") { request, _ in
            var length = 0
            for try await piece in request.body {
                length += piece.readableBytes
                if piece.readableBytes > 0 { seen.noteBodyPiece() }
            }
            return "\(length)"
        }
        return router
    }

    @Test func theFirstPieceOfAnAnswerArrivesBeforeTheLastIsSent() async throws {
        let gate = Gate()
        try await withGateway(service: { _ in
            let router = Router()
            router.get("/**") { _, _ in
                Response(
                    status: .ok,
                    body: .init { writer in
                        try await writer.write(ByteBuffer(string: "first"))
                        await gate.wait()
                        try await writer.write(ByteBuffer(string: "last"))
                        try await writer.finish(nil)
                    }
                )
            }
            return router
        }) { gateway in
            defer { gate.open() }
            let answer = try await gateway.start("GET", "/api/v1/assets")
            var pieces = answer.body.makeAsyncIterator()
            #expect(try await pieces.next().map { String(buffer: $0) } == "first")
            gate.open()
            #expect(try await pieces.next().map { String(buffer: $0) } == "last")
            let end = try await pieces.next()
            #expect(end == nil)
        }
    }

    @Test func aRequestIsForwardedOnlyWhenItsBodyIsComplete() async throws {
        try await withGateway(service: Self.counting) { gateway in
            let (pieces, upload) = AsyncStream.makeStream(of: ByteBuffer.self)
            async let reply = gateway.send("POST", "/api/v1/assets", body: .stream(pieces, length: .unknown))
            upload.yield(ByteBuffer(repeating: 1, count: 1000))
            // Another request is served in the meantime.
            let other = try await gateway.send("POST", "/api/v1/sites")
            #expect(String(buffer: other.body) == "0")
            #expect(gateway.seen.bodyPieces == 0)
            upload.yield(ByteBuffer(repeating: 2, count: 500))
            upload.finish()
            let whole = try await reply
            #expect(String(buffer: whole.body) == "1500")
        }
    }

    @Test(arguments: [true, false])
    func aBodyUpToTheLimitIsAcceptedAndALargerOneIsRefused(withLength: Bool) async throws {
        try await withGateway(service: Self.counting) { gateway in
            func upload(_ count: Int) async throws -> Reply {
                let piece = ByteBuffer(repeating: 7, count: 64 << 10)
                let pieces = AsyncStream<ByteBuffer> { stream in
                    var left = count
                    while left > 0 {
                        stream.yield(piece.getSlice(at: 0, length: min(left, piece.readableBytes)) ?? piece)
                        left -= piece.readableBytes
                    }
                    stream.finish()
                }
                return try await gateway.send(
                    "POST",
                    "/api/v1/assets",
                    body: .stream(pieces, length: withLength ? .known(Int64(count)) : .unknown)
                )
            }
            #expect(
                String(buffer: try await upload(DaemonContext.maximumBodySize).body)
                    == "\(DaemonContext.maximumBodySize)"
            )
            let refused = try await upload(DaemonContext.maximumBodySize + 1)
            #expect(refused.status == 413)
            #expect(refused.code == "body_too_large")
            // The gateway still works.
            #expect(String(buffer: try await upload(10).body) == "10")
        }
    }

    @Test func aTruncatedAnswerIsNotMistakenForACompleteOne() async throws {
        struct Broken: Error {}
        try await withGateway(service: { _ in
            let router = Router()
            router.get("/**") { _, _ in
                Response(
                    status: .ok,
                    body: .init { writer in
                        try await writer.write(ByteBuffer(string: "half"))
                        throw Broken()
                    }
                )
            }
            return router
        }) { gateway in
            await #expect(throws: (any Error).self) { try await gateway.send("GET", "/api/v1/assets") }
        }
    }

    @Test func slowAnswersDoNotDelayOthers() async throws {
        let gate = Gate()
        try await withGateway(service: { seen in
            let router = Router()
            router.get("/assets/**") { request, _ in
                seen.note(request)
                await gate.wait()
                return "slow"
            }
            router.get("/auth/**") { _, _ in "quick" }
            router.get("/assets/api/v1/sites") { _, _ in "quick" }
            return router
        }) { gateway in
            try await withThrowingTaskGroup(of: UInt.self) { group in
                defer { gate.open() }
                for _ in 0..<20 { group.addTask { try await gateway.send("GET", "/api/v1/assets/slow").status } }
                try await eventually("all at the service") { gateway.seen.all.count == 20 ? () : nil }
                #expect(try await gateway.send("GET", "/api/v1/sites").status == 200)
                gate.open()
                for try await status in group { #expect(status == 200) }
            }
        }
    }
}
