// CRC-32C by the processor's own instruction (SSE 4.2 on x86-64, the CRC extension on AArch64), where it has one. Swift has
// no intrinsic for it.

#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#define CRC32C_TARGET __attribute__((target("sse4.2")))
#define CRC32C_WORD(crc, value) ((uint32_t)__builtin_ia32_crc32di((crc), (value)))
#define CRC32C_BYTE(crc, value) (__builtin_ia32_crc32qi((crc), (value)))
static inline int crc32c_is_in_hardware(void) { return __builtin_cpu_supports("sse4.2") != 0; }
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#define CRC32C_TARGET __attribute__((target("crc")))
#define CRC32C_WORD(crc, value) (__builtin_arm_crc32cd((crc), (value)))
#define CRC32C_BYTE(crc, value) (__builtin_arm_crc32cb((crc), (value)))
static inline int crc32c_is_in_hardware(void) { return (getauxval(AT_HWCAP) & (1 << 7)) != 0; }
#endif

#if defined(CRC32C_TARGET)
CRC32C_TARGET static uint32_t crc32c_update(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = CRC32C_WORD(crc, word);
    }
    for (; count > 0; bytes++, count--) crc = CRC32C_BYTE(crc, *bytes);
    return crc;
}
#else
static inline int crc32c_is_in_hardware(void) { return 0; }
static inline uint32_t crc32c_update(uint32_t crc, const uint8_t *bytes, size_t count) { return crc; }
#endif
