import Foundation
import TestSupport
import Testing

@testable import ObjectStore

/// The examples of "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)", section "Examples: Signature
/// Calculations", Amazon S3 API Reference.
@Suite struct SignatureTests {
    private let signature = SignatureV4(
        accessKey: "AKIAIOSFODNN7EXAMPLE",
        secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        region: "us-east-1"
    )
    private let time = SigningTime(Date(timeIntervalSince1970: 1_369_353_600))
    private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test func timesAreWrittenInUTC() {
        #expect(time.text == "20130524T000000Z")
        #expect(SigningTime(Date(timeIntervalSince1970: 1_709_251_199.9)).text == "20240229T235959Z")
    }

    @Test(
        arguments: [
            (
                "GET", "/test.txt", [], [("Range", "bytes=0-9")], SignatureTests.empty,
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
            ),
            (
                "PUT", "/test$file.text", [],
                [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
                "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
            ),
            (
                "GET", "/", [("lifecycle", "")], [], SignatureTests.empty,
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
            ),
            (
                "GET", "/", [("prefix", "J"), ("max-keys", "2")], [], SignatureTests.empty,
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
            ),
        ] as [(String, String, [(String, String)], [(String, String)], String, String)]
    )
    func theExamplesOfTheSpecification(
        method: String,
        path: String,
        query: [(String, String)],
        headers: [(String, String)],
        payload: String,
        expected: String
    ) {
        let request = SignatureV4.Request(
            method: method,
            path: path,
            query: query.map { ($0.0, $0.1) },
            headers: headers.map { ($0.0, $0.1) } + [
                ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", payload),
                ("x-amz-date", time.text),
            ],
            payload: payload
        )
        let text = signature.authorization(for: request, at: time)
        #expect(text.hasSuffix(",Signature=\(expected)"))
        #expect(
            text.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders="
            )
        )
    }

    @Test func whatIsNotUnreservedIsEncoded() {
        #expect(SignatureV4.encoded("aZ09-._~ /+=ä") == "aZ09-._~%20%2F%2B%3D%C3%A4")
        #expect(SignatureV4.query([("b", "/"), ("a", "2"), ("a", "1")]) == "a=1&a=2&b=%2F")
    }

    /// botocore signs the same requests, as its users' programs do.
    @Test func botocoreSignsAlike() async throws {
        var lines: [String] = []
        for number in 0..<50 {
            let query = (0..<(number % 4)).map { ("k\($0 * 7 % 3)\(number)", ["", "a b", "ä/+&=", "2"][$0]) }
            var headers = [
                ("host", "bucket.example.com:9000"), ("x-amz-date", time.text), ("x-amz-content-sha256", Self.empty),
            ]
            if number % 2 == 0 { headers.append(("x-amz-meta-sha256", "  a   b \(number) ")) }
            let path = ["/", "/a/b", "/a/b.c-d_e~f", "/ä ö/x+y=z", "/a%20b"][number % 5]
            let request = SignatureV4.Request(
                method: ["GET", "PUT", "DELETE"][number % 3],
                path: path,
                query: query,
                headers: headers,
                payload: Self.empty
            )
            let fields: [String: Any] = [
                "method": request.method, "path": path, "query": query.map { [$0.0, $0.1] },
                "headers": headers.map { [$0.0, $0.1] }, "payload": Self.empty, "time": time.text,
                "authorization": signature.authorization(for: request, at: time),
            ]
            lines.append(String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self))
        }
        let file = TestServers.directory.appending(path: "signatures-\(UUID()).jsonl")
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        _ = try await Python.run("Tests/ObjectStoreTests/Server/signatures.py", [file.path], needs: "botocore")
    }
}
