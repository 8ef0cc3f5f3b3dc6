import Commands
import HTTPTypes
import NIOCore
import Testing

@testable import ServiceKit

/// A refusal says by codes and values what a page in any language says with them.
struct ProblemTests {
    private static let taken = FieldRule(problem: "code_taken", "is taken by \("INV-1")", ["asset": "INV-1"])

    @Test func aWrongFieldIsToldByItsRule() {
        let problem = Problem.field("to", .after("from"))
        #expect(
            (problem.status, problem.code, problem.detail) == (.badRequest, "invalid_field", "to: must be after from")
        )
        #expect(problem.errors == [FieldError("to", .after("from"))])
        #expect(problem.parameters == ["other": "from"])
    }

    @Test func aRuleCanNameTheProblem() {
        #expect(Problem.field("code", Self.taken).code == "code_taken")
        #expect(Problem.field("code", Self.taken).parameters == ["asset": "INV-1"])
        let common = Problem.field("password", .blank, problem: "weak_password")
        #expect((common.code, common.errors[0].code) == ("weak_password", "blank"))
    }

    @Test func severalWrongFieldsHaveTheirOwnCodes() {
        var errors = FieldErrors()
        errors.add("code", Self.taken)
        errors.add("name", .required)
        let problem = InvalidInput(errors: errors.errors).problem
        #expect(problem.code == "invalid_fields")
        #expect(problem.errors.map(\.code) == ["code_taken", "required"])
    }

    @Test func aRefusalIsARuleOfALine() {
        let rule = Problem(.forbidden, "permission_missing", "the permission x is required", ["permission": "x"]).rule
        #expect((rule.code, rule.parameters) == ("permission_missing", ["permission": "x"]))
    }

    @Test func theDocumentHasParametersWhereThereAreSome() throws {
        let full = try JSONReader.read(Problem.field("to", .after("from")).json(requestID: nil).readableBytesView)
        #expect(full["parameters"]?["other"]?.text == "from")
        #expect(full["errors"]?.elements?.first?["code"]?.text == "not_after")
        let bare = try JSONReader.read(Problem.noRoute.json(requestID: nil).readableBytesView)
        #expect(bare["parameters"] == nil)
    }
}
