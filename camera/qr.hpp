// A QR code held before the camera (electronic social security card): its text, when two different frames gave the same one and it was the only code in sight.
#pragma once
#include "camera/document.hpp"

#include <opencv2/core.hpp>

namespace camera {

struct CodeSight {
    std::optional<std::array<cv::Point2d, 4>> outline;
    DocumentAdvice advice = DocumentAdvice::none;
    CodeRefusal refusal = CodeRefusal::none;
};

class CodeReader {
  public:
    CodeReader() = default;
    ~CodeReader() { reset(); }
    CodeReader(const CodeReader&) = delete;
    CodeReader& operator=(const CodeReader&) = delete;
    void reset();
    /// One frame, 8-bit grey of any size.
    CodeSight see(const cv::Mat& grey);
    /// 1 .. max_code_bytes as they stand in the code, whatever they are: the centre judges them. Empty before two frames have agreed.
    [[nodiscard]] const std::string& accepted() const { return accepted_; }

  private:
    std::string last_, accepted_;
};

}  // namespace camera
