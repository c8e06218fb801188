import { all, get } from "../../api.js";

/** @import { EnrollmentView } from "lms/api" */

/** All active students of a course. @param {string} courseId @returns {Promise<EnrollmentView[]>} */
export function classOf(courseId) {
  return all((query) => get("/courses/{courseId}/enrollments", { params: { courseId }, query: { ...query, status: "active" } }));
}
