import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import ServiceKit
import TestSupport
import Testing

@Suite struct BodyTests {
    struct Body: Codable, Sendable, Equatable {
        var text: String
        var list: [String]?
        var object: [String: String]?
    }

    /// Sends a body to a route that answers with what it read.
    private func read(_ json: [UInt8]) async throws -> Answer {
        let authority = try await TestAuthority(roles: ["all": []])
        let daemon = Daemon.forTests("echo", authority)
        let router = daemon.router(open: { router in
            router.post("echo") { request, context -> Response in
                let body = try await request.decode(as: Body.self, context: context)
                return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(body))))
            }
        }) { _ in }
        return try await Application(router: router, logger: daemon.logger).test(.router) { client in
            try await client.execute(uri: "/echo", method: .post, body: ByteBuffer(bytes: json)) {
                Answer(status: $0.status, headers: $0.headers, text: String(buffer: $0.body))
            }
        }
    }

    @Test func textsAreReadInNormalFormHoweverTheyAreEscaped() async throws {
        for json in [
            #"{"text":"Café","list":["Café \"\\\/\b\f\n\r\t"],"object":{"Café":"😀"}}"#,
            "{\"text\":\"Cafe\u{301}\",\"list\":[\"Cafe\u{301} \\\"\\\\/\\b\\f\\n\\r\\t\"],\"object\":{\"Cafe\u{301}\":\"\u{1F600}\"}}",
            #"{"te\u0078t":"Cafe\u0301","list":["Caf\u00e9 \u0022\u005c/\u0008\u000c\u000A\u000d\u0009"],"#
                + #""object":{"Cafe\u0301":"\ud83d\ude00"}}"#,
        ] {
            let answer = try await read(Array(json.utf8))
            #expect(answer.status == .ok, "\(answer.text)")
            let body = try JSONDecoder().decode(Body.self, from: Data(answer.text.utf8))
            #expect(body.text.unicodeScalars.elementsEqual("Caf\u{E9}".unicodeScalars))
            #expect(
                body.list?.first?.unicodeScalars.elementsEqual("Caf\u{E9} \"\\/\u{8}\u{C}\n\r\t".unicodeScalars) == true
            )
            #expect(body.object?.first?.key.unicodeScalars.count == 4)
            #expect(body.object?.first?.value == "\u{1F600}")
        }
    }

    /// A mark behind an escape joins the letter that the escape stands for, never the escape itself.
    @Test func aMarkBehindAnEscapeStaysWhereItIs() async throws {
        let answer = try await read(Array("{\"text\":\"a\\n\u{303}\u{0338}\\u006e\u{303}\"}".utf8))
        let body = try JSONDecoder().decode(Body.self, from: Data(answer.text.utf8))
        #expect(body.text.unicodeScalars.elementsEqual("a\n\u{338}\u{303}\u{F1}".unicodeScalars))
    }

    @Test(arguments: [
        #"{"text":"\ud800"}"#, #"{"text":"\ud800x"}"#, #"{"text":"\udc00"}"#, #"{"text":"\ud800\ud800"}"#,
        #"{"text":"\ud83d\u0041"}"#,
    ])
    func halfACharacterIsRefusedByName(json: String) async throws {
        let answer = try await read(Array(json.utf8))
        #expect((answer.status, answer["code"]) == (.badRequest, "body_malformed"))
        #expect(answer["detail"]?.contains("surrogate") == true)
    }

    @Test(arguments: [
        #"{"text":"é\u00"}"#, #"{"text":"é\uZZZZ"}"#, #"{"text":"é\x"}"#, #"{"text":"é"#, #"{"text":"é\"#,
        #"{"text":"é\u"#,
        "{\"text\":\"\u{E9}\n\"}", #"{"text":"é"} é"#, "\u{FEFF}{}x",
    ])
    func whatIsNotJSONIsStillNone(json: String) async throws {
        #expect(try await read(Array(json.utf8)).status == .badRequest)
    }

    @Test func bytesThatAreNoTextAreRefused() async throws {
        for bytes in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]] {
            let answer = try await read(Array("{\"text\":\"".utf8) + bytes + Array("\"}".utf8))
            #expect(answer.status == .badRequest)
        }
    }
}
