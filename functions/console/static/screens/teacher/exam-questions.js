import { all, get } from "../../api.js";

/** @import { DrawView, PageOfQuestionView, QuestionView } from "lms/api" */
/**
 * @typedef {object} ExamQuestions
 * @property {QuestionView[]} fixed those that every attempt has, in order
 * @property {{ draw: DrawView, questions: QuestionView[] }[]} pools those of which each attempt gets some
 */

/** All questions of an exam, for its teachers. @param {string} examId @returns {Promise<ExamQuestions>} */
export async function examQuestions(examId) {
  const params = { examId };
  const list = await allQuestions(examId);
  const isDrawn = list.some(({ drawId }) => drawId !== null);
  const draws = isDrawn ? await all((query) => get("/exams/{examId}/draws", { params, query })) : [];
  return {
    fixed: list.filter(({ drawId }) => drawId === null),
    pools: draws.map((draw) => ({ draw, questions: list.filter(({ drawId }) => drawId === draw.id) })),
  };
}

/** The same in one list. @param {string} examId @returns {Promise<QuestionView[]>} */
export function allQuestions(examId) {
  return all((query) => /** @type {Promise<PageOfQuestionView>} */ (get("/exams/{examId}/questions", { params: { examId }, query })));
}
